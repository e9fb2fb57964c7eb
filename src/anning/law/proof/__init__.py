"""The law is proved: axioms, a three-valued encoding for z3, a specification, invariants, planted mutants (证明).

from anning.law.proof import prove
report = prove()
assert report.holds
"""

from anning.law.proof.prove import Report, prove

__all__ = ["Report", "prove"]
