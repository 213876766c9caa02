"""What a phone takes along and brings back: an act done without a network is an ordinary act, done later."""
