"""One process that answers JSON lines with JSON lines, in order."""
import base64
import json
import subprocess


def encoded(octets):
    return base64.b64encode(octets).decode()


class Batch:
    """Questions are written while answers are read, so that neither pipe fills up."""

    def __init__(self, command, **options):
        self.command, self.options = command, options

    def ask(self, questions):
        """One answer for each question; the process ends with them."""
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run(self.command, input=lines, capture_output=True, text=True, timeout=300, **self.options)
        assert done.returncode == 0, done.stderr
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(questions), done.stderr
        return answers
