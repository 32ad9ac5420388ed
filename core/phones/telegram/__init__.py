"""What the phone collector tells by Telegram, and the commands it obeys there."""
