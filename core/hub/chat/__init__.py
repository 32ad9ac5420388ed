"""What goes to Telegram and comes from it, for many chats."""
