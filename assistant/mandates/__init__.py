"""Parts of the mandate trail; `assistant.mandate` is the way in."""
