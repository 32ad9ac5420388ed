"""What chats say to the bots: consent, opt-outs, groups that come and go."""
