"""Parts of the mandate trail; `assistant.advice.mandates.charges` is the way in."""
