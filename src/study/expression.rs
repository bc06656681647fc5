//! Small formulas over parameters and metrics: `lower < upper`,
//! `corrected.total_eur + 0.5 * comfort.below_kh`.
//!
//! Numbers, texts in quotes, names (letters, digits, `_` and `.`; any other
//! name between backquotes), `+ - * /`, `< <= > >= == !=`, `and`, `or`, `not`,
//! parentheses, `min(…)`, `max(…)`, `abs(…)`, `sqrt(…)`. Truth is 1, its
//! contrary 0. A name without a value makes the result NaN; nothing is guessed.

/// What a name may stand for.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
}

/// A formula that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub text: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Text(String),
    Name(String),
    Not(Box<Node>),
    Minus(Box<Node>),
    Two(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Less,
    LessEqual,
    More,
    MoreEqual,
    Equal,
    Unequal,
    Plus,
    Minus,
    Times,
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Min,
    Max,
    Abs,
    Sqrt,
}

const FUNCTIONS: [(&str, Function); 4] = [
    ("min", Function::Min),
    ("max", Function::Max),
    ("abs", Function::Abs),
    ("sqrt", Function::Sqrt),
];

/// Operators, loosest first; those of one line bind alike. Longer before
/// shorter where one begins with the other.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[
        ("<=", Operator::LessEqual),
        (">=", Operator::MoreEqual),
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<", Operator::Less),
        (">", Operator::More),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Over)],
];

/// Deepest nesting that is read: a formula is a line, not a program.
const DEPTH: usize = 64;

impl Expression {
    /// Reads a formula.
    ///
    /// # Errors
    /// What can't be read, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0 };
        let root = reader.level(0, 0)?;
        reader.blanks();
        if reader.at < text.len() {
            return Err(reader.wrong("an operator is due"));
        }
        Ok(Self {
            text: text.to_owned(),
            root,
        })
    }

    /// All names in it.
    pub fn names(&self) -> Vec<&str> {
        fn visit<'a>(node: &'a Node, found: &mut Vec<&'a str>) {
            match node {
                Node::Name(name) => found.push(name),
                Node::Not(a) | Node::Minus(a) => visit(a, found),
                Node::Two(_, a, b) => {
                    visit(a, found);
                    visit(b, found);
                }
                Node::Call(_, all) => all.iter().for_each(|n| visit(n, found)),
                Node::Number(_) | Node::Text(_) => {}
            }
        }
        let mut found = Vec::new();
        visit(&self.root, &mut found);
        found
    }

    /// Its number.
    pub fn number(&self, of: &dyn Fn(&str) -> Option<Value>) -> f64 {
        number(&self.root, of)
    }

    /// Whether it is true; NaN is not.
    pub fn holds(&self, of: &dyn Fn(&str) -> Option<Value>) -> bool {
        let value = self.number(of);
        value != 0.0 && !value.is_nan()
    }

    /// Whether two are the same but for blanks and parentheses.
    pub fn is_same(&self, other: &Self) -> bool {
        self.root == other.root
    }

    /// Whether it is a comparison with `<=`, `>=`, `<` or `>`.
    pub fn is_limit(&self) -> bool {
        matches!(
            self.root,
            Node::Two(
                Operator::Less | Operator::LessEqual | Operator::More | Operator::MoreEqual,
                _,
                _
            )
        )
    }

    /// How far a limit is broken: 0 where it holds, NaN where a side is.
    pub fn violation(&self, of: &dyn Fn(&str) -> Option<Value>) -> f64 {
        let Node::Two(operator, left, right) = &self.root else {
            return if self.holds(of) { 0.0 } else { 1.0 };
        };
        let over = number(left, of) - number(right, of);
        let over = match operator {
            Operator::Less | Operator::LessEqual => over,
            _ => -over,
        };
        if over < 0.0 { 0.0 } else { over }
    }
}

fn number(node: &Node, of: &dyn Fn(&str) -> Option<Value>) -> f64 {
    let truth = |t: bool| f64::from(u8::from(t));
    match node {
        Node::Number(x) => *x,
        Node::Text(_) => f64::NAN,
        Node::Name(name) => match of(name) {
            Some(Value::Number(x)) => x,
            _ => f64::NAN,
        },
        Node::Not(a) => {
            let a = number(a, of);
            if a.is_nan() { a } else { truth(a == 0.0) }
        }
        Node::Minus(a) => -number(a, of),
        Node::Call(function, all) => {
            let mut values = all.iter().map(|n| number(n, of));
            let first = values.next().unwrap_or(f64::NAN);
            // NaN wins, as everywhere here.
            let fold = |pick: fn(f64, f64) -> f64| {
                values.fold(first, |a, b| {
                    if a.is_nan() || b.is_nan() {
                        f64::NAN
                    } else {
                        pick(a, b)
                    }
                })
            };
            match function {
                Function::Min => fold(f64::min),
                Function::Max => fold(f64::max),
                Function::Abs => first.abs(),
                Function::Sqrt => first.sqrt(),
            }
        }
        Node::Two(operator, a, b) => two(*operator, a, b, of),
    }
}

fn two(operator: Operator, a: &Node, b: &Node, of: &dyn Fn(&str) -> Option<Value>) -> f64 {
    let truth = |t: bool| f64::from(u8::from(t));
    if let (Operator::Equal | Operator::Unequal, Some(x), Some(y)) =
        (operator, text(a, of), text(b, of))
    {
        return truth((x == y) == (operator == Operator::Equal));
    }
    let (x, y) = (number(a, of), number(b, of));
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    match operator {
        Operator::Or => truth(x != 0.0 || y != 0.0),
        Operator::And => truth(x != 0.0 && y != 0.0),
        Operator::Less => truth(x < y),
        Operator::LessEqual => truth(x <= y),
        Operator::More => truth(x > y),
        Operator::MoreEqual => truth(x >= y),
        Operator::Equal => truth(x == y),
        Operator::Unequal => truth(x != y),
        Operator::Plus => x + y,
        Operator::Minus => x - y,
        Operator::Times => x * y,
        Operator::Over => x / y,
    }
}

fn text(node: &Node, of: &dyn Fn(&str) -> Option<Value>) -> Option<String> {
    match node {
        Node::Text(text) => Some(text.clone()),
        Node::Name(name) => match of(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn wrong(&self, what: &str) -> String {
        let seen = match self.rest().chars().next() {
            Some(c) => format!("not `{c}`"),
            None => "but the formula ends".to_owned(),
        };
        let at = self.text[..self.at].chars().count() + 1;
        format!("{what} at character {at}, {seen}")
    }

    /// Takes `word` if it comes next; a word of letters must end there.
    fn take(&mut self, word: &str) -> bool {
        self.blanks();
        let Some(after) = self.rest().strip_prefix(word) else {
            return false;
        };
        let letters = word.starts_with(char::is_alphabetic);
        if letters && after.starts_with(in_name) {
            return false;
        }
        self.at += word.len();
        true
    }

    fn level(&mut self, level: usize, depth: usize) -> Result<Node, String> {
        if depth > DEPTH {
            return Err(self.wrong("less nesting is due"));
        }
        let Some(operators) = LEVELS.get(level) else {
            return self.one(depth + 1);
        };
        let mut left = self.level(level + 1, depth)?;
        while let Some((_, operator)) = operators.iter().find(|(word, _)| self.take(word)) {
            let right = self.level(level + 1, depth)?;
            left = Node::Two(*operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Node, String> {
        if depth > DEPTH {
            return Err(self.wrong("less nesting is due"));
        }
        if self.take("not") {
            return Ok(Node::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("-") {
            return Ok(Node::Minus(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.level(0, depth + 1)?;
            return if self.take(")") {
                Ok(inner)
            } else {
                Err(self.wrong("`)` is due"))
            };
        }
        self.blanks();
        let rest = self.rest();
        match rest.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => {
                let Some(end) = rest[1..].find(quote) else {
                    return Err(self.wrong("a closing quote is due after what begins"));
                };
                self.at += end + 2;
                let inner = rest[1..=end].to_owned();
                Ok(if quote == '`' {
                    Node::Name(inner)
                } else {
                    Node::Text(inner)
                })
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number_literal(),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
                let name = &rest[..end];
                self.at += end;
                let function = FUNCTIONS.iter().find(|(n, _)| *n == name);
                match function {
                    Some((_, function)) if self.take("(") => self.call(*function, depth),
                    _ => Ok(Node::Name(name.to_owned())),
                }
            }
            _ => Err(self.wrong("a number, a name or `(` is due")),
        }
    }

    fn call(&mut self, function: Function, depth: usize) -> Result<Node, String> {
        let mut all = vec![self.level(0, depth + 1)?];
        while self.take(",") {
            all.push(self.level(0, depth + 1)?);
        }
        if !self.take(")") {
            return Err(self.wrong("`,` or `)` is due"));
        }
        if matches!(function, Function::Abs | Function::Sqrt) && all.len() > 1 {
            return Err("abs and sqrt take one number".to_owned());
        }
        Ok(Node::Call(function, all))
    }

    fn number_literal(&mut self) -> Result<Node, String> {
        let rest = self.rest();
        let mut end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(rest.len());
        // An exponent: 1e-3.
        let tail = &rest[end..];
        if let Some(after) = tail.strip_prefix(['e', 'E']) {
            let digits = after.strip_prefix(['+', '-']).unwrap_or(after);
            let count = digits.bytes().take_while(u8::is_ascii_digit).count();
            if count > 0 {
                end += tail.len() - digits.len() + count;
            }
        }
        match rest[..end].parse::<f64>() {
            Ok(x) if x.is_finite() => {
                self.at += end;
                Ok(Node::Number(x))
            }
            _ => Err(self.wrong("a number is due")),
        }
    }
}

fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

#[cfg(test)]
mod tests;
