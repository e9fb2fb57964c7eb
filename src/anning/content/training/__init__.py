"""How the trained judge of content is made: hands, disguises, fitting, evaluation (内容模型训练).

Not needed to judge.
"""
