"""E-mail out of the house, through the SMTP server of the settings."""
