"""What a break-in could learn: the sentences of the public page, each with the test that proves it, or none.

``docs/threat-tips.md`` says the same; a contract test holds the two together and looks for every test by its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Sentence:
    """One promise, or one thing that is not defended (``test`` empty)."""

    words: Words
    test: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody has broken in."""

    words: Words
    sentences: tuple[Sentence, ...]


SENTENCES: tuple[Place, ...] = (
    Place(
        Words("拿到数据库（或备份）的人", "Somebody who has the database, or a backup"),
        (
            Sentence(
                Words("看不到线索、答复和文件的内容", "reads no word of a tip, an answer or a file"),
                "test_a_stolen_house_opens_no_tip",
            ),
            Sentence(
                Words(
                    "即使连同服务器上的密钥文件一起拿走，也打不开",
                    "opens none even with the key files of the server beside it",
                ),
                "test_a_stolen_house_opens_no_tip",
            ),
            Sentence(
                Words(
                    "找不到您的网络地址、手机型号、浏览器和Cookie",
                    "finds no address, phone, browser or cookie of yours",
                ),
                "test_a_request_leaves_no_trace_of_its_giver",
            ),
            Sentence(
                Words(
                    "看得到：有几条线索，是哪天的，能看的人是谁，办到哪一步",
                    "sees: how many tips there are, of which day, who may read them, how far they are",
                ),
            ),
            Sentence(
                Words(
                    "可能从数据库内部的顺序推出同一天里谁先谁后，或大约的时刻",
                    "may see from the order inside the files which of a day's tips came first, or about when",
                ),
            ),
        ),
    ),
    Place(
        Words("猜回执号的人", "Somebody who guesses receipts"),
        (
            Sentence(
                Words(
                    "猜一百万次也要两个多月，猜中的机会不到一亿分之一（有一百条线索时）",
                    "needs more than two months for a million guesses; one time in a hundred million that hits "
                    "(with a hundred tips)",
                ),
                "test_a_million_guesses",
            ),
            Sentence(
                Words("猜对一半和全错看起来一样", "sees no difference between half right and all wrong"),
                "test_a_wrong_receipt_is_worked_on_like_a_right_one",
            ),
            Sentence(Words("可能让别人等几分钟才能查", "may keep others waiting for some minutes")),
        ),
    ),
    Place(
        Words("被您反映的民警", "The officer whom your tip is about"),
        (
            Sentence(
                Words(
                    "您选了“与民警有关”，或写了他的名字，他就看不到，他的领导也看不到",
                    "does not see it when you choose “about police” or write his name, and neither does his chief",
                ),
                "test_a_tip_about_the_reader_himself_never_reaches_him",
            ),
            Sentence(
                Words(
                    "您没选也没写名字，只写“他”或外号，系统认不出来",
                    "is not recognised when you neither choose nor name him, but write “he” or a nickname",
                ),
            ),
        ),
    ),
    Place(
        Words("能看线索的人", "Somebody who may read your tip"),
        (
            Sentence(
                Words(
                    "看到您写的话和洗过的文件，别的什么都没有",
                    "sees what you wrote and the cleaned files, and nothing else",
                ),
                "test_a_reader_is_shown_nothing_of_the_giver",
            ),
            Sentence(
                Words(
                    "照片里的拍摄地点、手机型号，文档里的作者，都已去掉",
                    "finds no place, phone or author in pictures and papers",
                ),
                "test_hostile_files_are_made_anew_or_refused",
            ),
            Sentence(
                Words("每次打开都留下他的名字", "leaves his name each time he opens it"),
                "test_two_way_talk_a_result_and_a_matter_passed_on",
            ),
            Sentence(
                Words(
                    "可能从您写的内容、口气或照片画面猜出您是谁",
                    "may guess who you are from what you write, how, or what a picture shows",
                ),
            ),
        ),
    ),
    Place(
        Words("控制了正在运行的服务器的人", "Somebody who controls the server while it runs"),
        (
            Sentence(
                Words(
                    "看得到那段时间里提交和打开的内容，也看得到您的网络地址",
                    "sees what is sent and opened in that time, and your address",
                ),
            ),
        ),
    ),
    Place(
        Words("您的手机和网络", "Your own phone and network"),
        (
            Sentence(
                Words("我们不在您的手机里留下任何东西", "we leave nothing in your phone"),
                "test_a_request_leaves_no_trace_of_its_giver",
            ),
            Sentence(
                Words(
                    "手机的浏览记录、网络运营商、单位的网络看得到您来过本网站（看不到写了什么）",
                    "the browser's history, the network's operator and your employer's network see that you were here "
                    "(not what you wrote)",
                ),
            ),
            Sentence(Words("谁拿到您的回执号，谁就能看", "whoever gets your receipt can read")),
        ),
    ),
)
