"""The ways out of the house: WeCom, SMS, voice, DingTalk, Feishu, mail. One port, one adapter each, configured in
rows.
"""
