"""The roles of the loop: they understand, propose, analyse and decide, and leave all arithmetic to the layers below."""
