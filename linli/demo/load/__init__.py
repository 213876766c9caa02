"""The demo county comes into the database through the same imports and acts as any county's own data."""
