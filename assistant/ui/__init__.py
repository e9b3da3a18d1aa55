"""The screens: the chat, the pages beside it, and the application that serves both."""
