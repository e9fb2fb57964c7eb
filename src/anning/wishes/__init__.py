"""谢绝来电: how a person says no, or yes, and sees how they stand (意愿与同意的办理).

One-time codes prove a number, a dialogue of keywords takes wishes by SMS, requests to confirm make a one-sided consent
the recipient's own; every change is a statement in the registers, and every change is told to the phone it is about.
"""
