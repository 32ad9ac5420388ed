"""What every built-in server is made of: real HTTP on 127.0.0.1 that misbehaves on order."""
