"""Yardsticks: the same collection as others would write it. No part of the program."""
