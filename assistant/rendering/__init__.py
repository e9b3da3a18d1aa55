"""How answers, drafts and papers look: text, Markdown, HTML, Word, PDF."""
