"""People who sign in: password hashing, the sign-in throttle, and the commands on accounts."""
