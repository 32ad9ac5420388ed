"""What campaigns know of the Bot API: its calls, and what each answer means for a chat."""
