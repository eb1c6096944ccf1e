"""Sobol sensitivity studies: which inputs decide an outcome, and how sure is that?"""
