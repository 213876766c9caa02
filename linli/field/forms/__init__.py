"""Forms of a phone, made from what acts declare; every version that was ever served is remembered."""
