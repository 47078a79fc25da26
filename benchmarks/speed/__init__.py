"""Speed of single stages beside what a user would pick instead, and beside a copy in memory."""
