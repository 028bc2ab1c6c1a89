"""What callers ask of data: process and server answer Asterisk (request, stream, session), scripts
finds the file in agi-scripts/, journey is what such a file works with. docs/journeys.md."""
