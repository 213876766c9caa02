"""The design language's components: one HTML file each, declared in ``declared`` with what it takes.

A page writes ``{% part "figure" … %}`` or ``{% wrap "panel" … %}…{% endwrap %}`` (``templatetags/components.py``).
What a component is given that it does not declare, or is not given though it needs it, fails when the page is compiled.
"""
