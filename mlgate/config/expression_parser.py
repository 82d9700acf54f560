"""Reads the text of a condition into its tree. The grammar is closed: what is not listed here is a mistake.

    condition   NOT, AND, OR and parentheses over comparisons and over columns of true and false
    comparison  value = <> < <= > >= value (== and != are read too), value IS [NOT] NULL,
                value [NOT] IN (literal, ...), value [NOT] BETWEEN value AND value
    value       column, literal, + - * / % and unary minus, abs length lower upper trim round coalesce
    literal     number, 'text' (a quote is doubled), true, false
    column      a word, or "any name" in double quotes (a quote is doubled); case matters

Words of the grammar may be written in any case; a column called like one of them stands in double quotes.
"""

from __future__ import annotations

from collections.abc import Callable

from mlgate.config import expression_tree as t
from mlgate.config.expression_tokens import ExpressionError, Token, number_of, tokens, unquoted

MAX_LENGTH = 2000
MAX_NODES = 500
MAX_DEPTH = 32

_AFTER_VALUE = "a comparison (= <> < <= > >=), IS, IN, BETWEEN, an operator (+ - * / %), AND, OR"
_VALUE = "a column, a literal, a function, ( or -"


def parse_condition(text: str) -> t.Tree:
    """The tree of a condition.

    Raises
    ------
    ExpressionError
        It is not of the grammar, too long or too deep, or speaks of no column.

    Examples
    --------
    >>> parse_condition("age >= 18")
    Compare(sign='>=', left=ColumnName(name='age'), right=Literal(value=18))
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"a condition of {len(text):,} characters; at most {MAX_LENGTH:,} are read",
            "split it into several",
        )
    tree = _Parser(tokens(text)).whole()
    if sum(1 for _ in t.walk(tree)) > MAX_NODES:
        raise ExpressionError(f"a condition of more than {MAX_NODES} parts", "split it into several")
    if not t.columns_of(tree):
        raise ExpressionError("the condition speaks of no column", "it would say the same of every row")
    return tree


class _Parser:
    """Recursive descent, one method per level of binding. `depth` is bounded, and with it Python's own stack."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> t.Tree:
        tree = self.condition(self.either())
        if self.next.kind != "end":
            raise self.unexpected("AND, OR" if isinstance(tree, t.Condition) else _AFTER_VALUE)
        return tree

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self, kind: str, *texts: str) -> str:
        """The text of the next token if it is one of these, else an empty one."""
        token = self.next
        if token.kind != kind or (texts and token.text not in texts):
            return ""
        self.place += 1
        return token.text

    def need(self, kind: str, text: str) -> None:
        if not self.take(kind, text):
            raise self.unexpected(text.upper())

    def unexpected(self, allowed: str) -> ExpressionError:
        token = self.next
        found = "the end" if token.kind == "end" else repr(token.text[:30])
        where = "" if token.kind == "end" else f" at character {token.start + 1}"
        hint = f"here may stand: {allowed}"
        if token.kind == "keyword" and allowed != "NULL":
            hint += "; a column of this name stands in double quotes"
        return ExpressionError(f"unexpected {found}{where}", hint)

    def deeper(self, read: Callable[[], t.Tree]) -> t.Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(
                f"more than {MAX_DEPTH} levels at character {self.next.start + 1}", "split it into several"
            )
        tree = read()
        self.depth -= 1
        return tree

    def condition(self, tree: t.Tree) -> t.Tree:
        """The tree, if it can be true or false: a comparison, or a column that may hold true and false."""
        truth = isinstance(tree, t.Literal) and isinstance(tree.value, bool)
        if isinstance(tree, t.Condition | t.ColumnName) or truth:
            return tree
        if isinstance(tree, t.Call) and tree.function == "coalesce":
            return tree
        raise ExpressionError(
            f"{t.written(tree)[:60]} is a value and no condition", "compare it with something, e.g. price > 0"
        )

    def value(self, read: Callable[[], t.Tree]) -> t.Value:
        """What is read, if it is no comparison and no combination of any."""
        start = self.next.start
        return self.no_condition(read(), start)

    @staticmethod
    def no_condition(tree: t.Tree, start: int) -> t.Value:
        if isinstance(tree, t.Condition):
            raise ExpressionError(
                f"a condition at character {start + 1} stands where a value must",
                "combine conditions with AND, OR and NOT",
            )
        return tree

    def either(self) -> t.Tree:
        return self.joined("or", self.both, t.Or)

    def both(self) -> t.Tree:
        return self.joined("and", self.negation, t.And)

    def joined(self, word: str, read: Callable[[], t.Tree], make: Callable[[tuple[t.Tree, ...]], t.Tree]) -> t.Tree:
        first = read()
        if self.next.kind != "keyword" or self.next.text != word:
            return first
        parts = [self.condition(first)]
        while self.take("keyword", word):
            parts.append(self.condition(read()))
        return make(tuple(parts))

    def negation(self) -> t.Tree:
        if self.take("keyword", "not"):
            return t.Not(self.condition(self.deeper(self.negation)))
        return self.comparison()

    def comparison(self) -> t.Tree:
        start, first = self.next.start, self.sum()
        if sign := self.take("sign", *t.SIGNS):
            return t.Compare(sign, self.no_condition(first, start), self.value(self.sum))
        if self.next.kind != "keyword" or self.next.text not in ("is", "not", "in", "between"):
            return first
        left = self.no_condition(first, start)
        if self.take("keyword", "is"):
            negated = self.take("keyword", "not")
            self.need("keyword", "null")
            return self.maybe_not(negated, t.IsNull(left))
        negated = self.take("keyword", "not")
        if self.take("keyword", "in"):
            return self.maybe_not(negated, t.Member(left, self.members()))
        if self.take("keyword", "between"):
            low = t.Compare(">=", left, self.value(self.sum))
            self.need("keyword", "and")
            return self.maybe_not(negated, t.And((low, t.Compare("<=", left, self.value(self.sum)))))
        raise self.unexpected("IN, BETWEEN")

    @staticmethod
    def maybe_not(negated: str, tree: t.Tree) -> t.Tree:
        return t.Not(tree) if negated else tree

    def members(self) -> tuple[t.Literal, ...]:
        self.need("sign", "(")
        members = [self.member()]
        while self.take("sign", ","):
            members.append(self.member())
        self.need("sign", ")")
        return tuple(members)

    def member(self) -> t.Literal:
        place = self.place
        tree = self.unary()
        if isinstance(tree, t.Literal):
            return tree
        self.place = place
        raise self.unexpected("a number, 'text', true or false; null is in no list")

    def sum(self) -> t.Tree:
        return self.chain(self.product, "+", "-")

    def product(self) -> t.Tree:
        return self.chain(self.unary, "*", "/", "%")

    def chain(self, read: Callable[[], t.Tree], *signs: str) -> t.Tree:
        start, first = self.next.start, read()
        rest = []
        while sign := self.take("sign", *signs):
            rest.append((sign, self.value(read)))
        return t.Arithmetic(self.no_condition(first, start), tuple(rest)) if rest else first

    def unary(self) -> t.Tree:
        if not self.take("sign", "-"):
            return self.primary()
        operand = self.value(lambda: self.deeper(self.unary))
        number = isinstance(operand, t.Literal) and not isinstance(operand.value, bool | str)
        return t.Literal(-operand.value) if number else t.Negative(operand)  # type: ignore[union-attr,operator]  # `number` says that it is a literal number

    def primary(self) -> t.Tree:
        token = self.next
        if self.take("sign", "("):
            tree = self.deeper(self.either)
            self.need("sign", ")")
            return tree
        if self.take("keyword", "true", "false"):
            return t.Literal(token.text == "true")
        if token.kind not in ("number", "text", "quoted", "word"):
            raise self.unexpected(_VALUE if token.text != "null" else f"{_VALUE}; write IS NULL or IS NOT NULL")
        self.place += 1
        match token.kind:
            case "number":
                return t.Literal(number_of(token))
            case "text":
                return t.Literal(unquoted(token))
            case "quoted":
                return t.ColumnName(unquoted(token))
        return self.call(token) if self.take("sign", "(") else t.ColumnName(token.text)

    def call(self, token: Token) -> t.Tree:
        name = token.text.lower()
        if name not in t.FUNCTIONS:
            raise ExpressionError(
                f"{token.text[:30]!r} at character {token.start + 1} is no function of a condition",
                f"there are {', '.join(t.FUNCTIONS)}",
            )
        arguments = [self.value(lambda: self.deeper(self.sum))]
        while self.take("sign", ","):
            arguments.append(self.value(lambda: self.deeper(self.sum)))
        self.need("sign", ")")
        least, most = t.FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            wanted = "one argument" if most == 1 else f"{least} to {most} arguments"
            raise ExpressionError(f"{name} takes {wanted}, found {len(arguments)} arguments")
        if name == "round" and arguments[1:] and not _is_digits(arguments[1]):
            raise ExpressionError(f"round: {t.written(arguments[1])[:60]} is no number of decimals", "write 0 to 15")
        return t.Call(name, tuple(arguments))


def _is_digits(value: t.Value) -> bool:
    return isinstance(value, t.Literal) and type(value.value) is int and 0 <= value.value <= 15
