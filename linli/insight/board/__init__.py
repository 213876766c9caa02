"""全局一盘棋: stations and rooms beside each other, in their own order, with figures of the same days (F3, D1)."""
