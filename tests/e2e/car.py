"""
What becomes of a mail, by the words of qmvc-filters(5): conditions, actions, reactions, options.

A second reading of the page, for the matrix of test_matrix.py. It goes over all lines again for each
sentence and shares nothing with the program: when the two differ, one of them has misread the page.
"""
import collections

CONDITIONS = ["errors", "subject", "bodytext", "filename", "mimetype", "loadertype", "encrypted",
              "overlimit", "virus"]
ACTIONS = ["block", "keep", "trash", "bounce", "inspect"]

# One line of `filters`. `inform` and `forward` are lists of addresses, `options` of words.
Line = collections.namedtuple(
    "Line", "condition on action notify inform forward options",
    defaults=(True, "block", "", (), (), ()))

# A mail: the conditions it meets (`by_command`: bodytext through a command), and who sent it.
Mail = collections.namedtuple("Mail", "meets by_command sender automatic",
                              defaults=((), False, "alice@example.org", False))

Outcome = collections.namedtuple(
    "Outcome", "exit action decided met saved record notified informed forwarded")


def words_refused(line):
    """The words of this line that do not belong there; the file is in error when there are any."""
    wrong = []
    # "ignorecase (subject, bodytext)"
    if "ignorecase" in line.options and line.condition not in ("subject", "bodytext"):
        wrong.append("ignorecase")
    # "goodmail (bodytext)"
    if "goodmail" in line.options and line.condition != "bodytext":
        wrong.append("goodmail")
    # "On a line whose action is inspect it is an error"
    if "quitasap" in line.options and line.action == "inspect":
        wrong.append("quitasap")
    return wrong


def honours(action):
    """"carried out by the actions block and keep only"; "An empty action is block"."""
    return action in ("block", "keep", "")


def line_of(lines, condition):
    for line in lines:
        if line.condition == condition:
            return line if line.on else None
    # "overlimit: without a line it is on, as keep"
    return Line("overlimit", action="keep") if condition == "overlimit" else None


def carried_out(line, mail):
    """"For a mail without a sender (itself a bounce) it is carried out as block"."""
    if line.action == "bounce" and mail.sender in ("", "#@[]"):
        return "block"
    return line.action or "block"


def yields_to_others(line, mail):
    """"A command of badbodytexts that says yes counts only when no other condition was met"."""
    return line.condition == "bodytext" and "goodmail" in line.options and mail.by_command


def ends_search(line, mail):
    """
    "When this condition is met, the search ends". But a bounce yields to what is met later, so
    there has to be a later; and goodmail asks for all the others.
    """
    return ("quitasap" in line.options and line.action != "bounce" and
            not yields_to_others(line, mail))


def met_and_on(lines, mail):
    """In the fixed order, up to the end of the search."""
    met = []
    for condition in CONDITIONS:
        line = line_of(lines, condition)
        if condition in mail.meets and line:
            met.append(line)
            if ends_search(line, mail):
                break
    return met


def notified(acting, mail):
    """"sent once for each mail, for the first condition met that asks for one"."""
    for line in acting:
        if not line.notify or not honours(carried_out(line, mail)):
            continue
        told = set()
        if "r" in line.notify and mail.sender not in ("", "#@[]"):
            told.add(("recipient", line.condition))
        if "s" in line.notify and mail.sender not in ("", "#@[]") and not mail.automatic:
            told.add(("sender", line.condition))
        return told
    return set()


def addresses(acting, mail, reaction):
    """"Every address gets one copy, whatever the number of conditions that name it"."""
    found = []
    for line in acting:
        if honours(carried_out(line, mail)):
            found += [a for a in getattr(line, reaction) if a not in found]
    return found


def outcome(lines, mail):
    met = met_and_on(lines, mail)
    acting = [l for l in met if not (yields_to_others(l, mail) and len(met) > 1)]
    actions = [(carried_out(l, mail), l.condition) for l in acting]
    # "the first one whose action stops the mail decides", "bounce yields to any block, keep or
    # trash met later"
    decides = ([a for a in actions if a[0] in ("block", "keep", "trash")] +
               [a for a in actions if a[0] == "bounce"] +
               [a for a in actions if a[0] == "inspect"] + [("pass", None)])[0]
    names = [a for a, _ in actions]
    # "A keep or inspect met anywhere saves the mail, and puts a trash into qmvc.rep"
    saved = "keep" if "keep" in names else "inspect" if "inspect" in names else None
    return Outcome(
        exit={"bounce": 100, "inspect": 0, "pass": 0}.get(decides[0], 99),
        action=decides[0], decided=decides[1], met=[l.condition for l in met], saved=saved,
        record=decides[0] != "pass" and (decides[0] != "trash" or saved is not None),
        notified=notified(acting, mail), informed=addresses(acting, mail, "inform"),
        forwarded=addresses(acting, mail, "forward"))
