"""Campaigns: messages to chats that asked for them, each sent once, no faster than allowed."""
