"""Dialogs that one part of the program needs; what they share is in gui.widgets.dialog."""
