"""Every store port over the REST interface of a Supabase project: one small class a port, one call a method.

A call is a function of ``supabase/migrations/*_functions.sql`` and one transaction. Rows travel as JSON texts.
"""
