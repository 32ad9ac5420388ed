"""The places of the menu, part by part, and the whole tree."""
