"""Building blocks of the views: CustomTkinter dressed in gui.style, and what it lacks."""
