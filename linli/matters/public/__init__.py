"""What residents send and follow without a sign-in: reports, bookings, questions, and the answer to each."""
