"""Named helpers of a request for help: who is at it, what each did, and the thanks they get.

An officer names a helper by giving him the request; who is at it stays at it, and sees it, when a further one is named.
"""
