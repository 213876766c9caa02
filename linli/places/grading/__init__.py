"""Places in grades that the bureau itself names, with measures and review dates (F9, 三分级三提升). Never persons."""
