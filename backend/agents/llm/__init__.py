"""The roles that a language model can play; each asks through ``LanguageModel.ask`` and checks what comes back."""
