"""The line up: from whoever hears of something to the bureau, one signature after the other (F2, Q3, W6)."""
