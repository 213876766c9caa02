"""What it takes to set up, check, test and measure a checkout.

Standard library only: it runs before anything is installed.
"""
