"""Contact cards (警民联系卡): designed by the bureau, printed as sheets, carried to every door, leading to a page that
always names the officer of today (P6).
"""
