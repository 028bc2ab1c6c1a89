"""How an installation is: `status` gives figures, `doctor` checks each part and says how to mend
it."""
