"""One row per act: who, what, when, about which row, with which kept facts."""
