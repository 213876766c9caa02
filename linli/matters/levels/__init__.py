"""分级办理: on which level a matter is dealt with, who lifts it, who pushes it back, and where it was settled (Q6)."""
