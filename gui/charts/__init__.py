"""Charts: what is to be seen (`model`), how many bars are too many (`grouping`), the drawing
(`drawing`, in a background thread) and the widget that shows the picture (`chart`).

matplotlib is loaded when the first chart is drawn, never before.
"""
