"""The tree of menus: what each place shows, and what a button or a typed text does there."""
