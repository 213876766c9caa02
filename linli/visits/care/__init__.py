"""Care (关爱): a plan for somebody in need, by consent or by law, known only to the carers named in it, and it ends
(W5, Q10).
"""
