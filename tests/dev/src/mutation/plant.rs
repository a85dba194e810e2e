//! Finds what can be changed in a source, and writes the source anew with every change in it, each behind a switch.
//!
//! `a < b` becomes `(if crate::mutation::on(7) { a <= b } else { a < b })`: one build holds all mutants, and a line of it is the
//! same line of the source, so that the compiler's errors say which changes have no meaning.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use softrnic_rules::source::is_for_tests;
use syn::{
    Arm, Attribute, BinOp, Block, Expr, ExprBinary, ExprClosure, ExprIf, ExprRepeat, ExprUnary,
    ImplItemFn, ItemConst, ItemFn, ItemImpl, ItemMod, ItemStatic, Pat, ReturnType, Signature, Stmt,
    Type, UnOp,
    spanned::Spanned,
    visit::{self, Visit},
};

/// A change of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    /// Its name: the source's path, the function, the change, and which of that kind in the function it is.
    pub(super) name: String,
    /// The lines it stands in.
    pub(super) lines: (usize, usize),
}

/// A source with its mutants.
pub(super) struct Planted {
    pub(super) text: String,
    pub(super) mutants: Vec<Mutant>,
}

/// Plants the mutants of `syntax`, whose text is `text`, but for those named in `without`. The first has the number `first`.
pub(super) fn plant(
    path: &str,
    text: &str,
    syntax: &syn::File,
    first: usize,
    without: &BTreeSet<String>,
) -> Planted {
    let mut planter = Planter {
        path,
        first,
        without,
        names: Vec::new(),
        seen: BTreeMap::new(),
        mutants: Vec::new(),
        before: BTreeMap::new(),
        after: BTreeMap::new(),
    };
    planter.visit_file(syntax);
    let mut planted = String::with_capacity(text.len() * 3);
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        for piece in planter.after.get(&at).into_iter().flatten() {
            planted.push_str(piece);
        }
        for piece in planter.before.get(&at).into_iter().flatten().rev() {
            planted.push_str(piece);
        }
        planted.push(character);
    }
    Planted {
        text: planted,
        mutants: planter.mutants,
    }
}

struct Planter<'a> {
    path: &'a str,
    first: usize,
    without: &'a BTreeSet<String>,
    /// Where the visit is: types and functions, outermost first.
    names: Vec<String>,
    /// How often a name came.
    seen: BTreeMap<String, usize>,
    mutants: Vec<Mutant>,
    /// What goes in at an offset, in front of what begins there (the inner one is visited first), and behind what ends there.
    before: BTreeMap<usize, Vec<String>>,
    after: BTreeMap<usize, Vec<String>>,
}

impl Planter<'_> {
    /// Takes note of a change, and says how its switch reads; `None` where it has no meaning.
    fn switch(&mut self, what: &str, node: &impl Spanned) -> Option<String> {
        let place = format!("{}::{} {what}", self.path, self.names.join("::"));
        let count = self.seen.entry(place.clone()).or_default();
        *count += 1;
        let name = if *count == 1 {
            place
        } else {
            format!("{place} #{count}")
        };
        if self.without.contains(&name) {
            return None;
        }
        let lines = (node.span().start().line, node.span().end().line);
        let number = self.first + self.mutants.len();
        self.mutants.push(Mutant { name, lines });
        Some(format!("crate::mutation::on({number})"))
    }

    /// Puts `before` and `after` around a node.
    fn around(&mut self, node: &impl Spanned, before: String, after: &str) {
        let range = node.span().byte_range();
        self.before.entry(range.start).or_default().push(before);
        self.after
            .entry(range.end)
            .or_default()
            .push(after.to_owned());
    }

    /// `node`, or `instead`.
    fn either(&mut self, what: &str, node: &impl Spanned, instead: &str) {
        if let Some(switch) = self.switch(what, node) {
            self.around(
                node,
                format!("(if {switch} {{ {instead} }} else {{ "),
                " })",
            );
        }
    }

    fn binary(&mut self, node: &ExprBinary) {
        if is_let(&node.left) || is_let(&node.right) {
            return;
        }
        let Some((from, to)) = other(&node.op) else {
            return;
        };
        let (left, right) = (text(&node.left), text(&node.right));
        let what = format!("{from} to {to}");
        match &node.op {
            // A statement, without a value.
            op if is_assignment(op) => {
                if let Some(switch) = self.switch(&what, node) {
                    let before = format!("{{ if {switch} {{ {left} {to} {right} }} else {{ ");
                    self.around(node, before, " } }");
                }
            }
            _ => self.either(&what, node, &format!("({left}) {to} ({right})")),
        }
    }

    /// A condition that is the answer of a call, or a field.
    fn condition(&mut self, condition: &Expr) {
        if matches!(
            condition,
            Expr::MethodCall(_) | Expr::Call(_) | Expr::Path(_) | Expr::Field(_) | Expr::Macro(_)
        ) {
            let text = text(condition);
            self.either("negated", condition, &format!("!({text})"));
        }
    }

    /// A function that returns at once.
    fn body(&mut self, signature: &Signature, block: &Block) {
        let values: &[&str] = match &signature.output {
            ReturnType::Default => &[""],
            ReturnType::Type(_, what) => values_of(what),
        };
        for value in values {
            let what = format!(
                "returns {}",
                if value.is_empty() { "at once" } else { value }
            );
            if block.stmts.is_empty() || text(block) == format!("{{ {value} }}") {
                continue;
            }
            if let Some(switch) = self.switch(&what, &signature.ident) {
                let start = block.brace_token.span.open().byte_range().end;
                let early = format!(" if {switch} {{ return {value}; }}");
                self.after.entry(start).or_default().push(early);
            }
        }
    }

    fn function(&mut self, attributes: &[Attribute], signature: &Signature, block: &Block) {
        if is_for_tests(attributes) || signature.constness.is_some() || is_for_windows(attributes) {
            return;
        }
        self.names.push(signature.ident.to_string());
        self.body(signature, block);
        visit::visit_block(self, block);
        self.names.pop();
    }
}

impl<'ast> Visit<'ast> for Planter<'_> {
    fn visit_item_fn(&mut self, node: &'ast ItemFn) {
        self.function(&node.attrs, &node.sig, &node.block);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast ImplItemFn) {
        self.function(&node.attrs, &node.sig, &node.block);
    }

    fn visit_item_impl(&mut self, node: &'ast ItemImpl) {
        if is_for_tests(&node.attrs) || is_for_windows(&node.attrs) || is_for_people(node) {
            return;
        }
        let Type::Path(path) = &*node.self_ty else {
            return;
        };
        let Some(last) = path.path.segments.last() else {
            return;
        };
        self.names.push(last.ident.to_string());
        visit::visit_item_impl(self, node);
        self.names.pop();
    }

    fn visit_item_mod(&mut self, node: &'ast ItemMod) {
        if !is_for_tests(&node.attrs) && !is_for_windows(&node.attrs) {
            visit::visit_item_mod(self, node);
        }
    }

    // Computed when it is compiled.
    fn visit_item_const(&mut self, _: &'ast ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast ItemStatic) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_expr_repeat(&mut self, node: &'ast ExprRepeat) {
        self.visit_expr(&node.expr);
    }

    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        visit::visit_expr_binary(self, node);
        self.binary(node);
    }

    fn visit_expr_unary(&mut self, node: &'ast ExprUnary) {
        visit::visit_expr_unary(self, node);
        if matches!(node.op, UnOp::Not(_)) {
            self.either("without !", node, &text(&node.expr));
        }
    }

    fn visit_expr_if(&mut self, node: &'ast ExprIf) {
        visit::visit_expr_if(self, node);
        self.condition(&node.cond);
    }

    fn visit_expr_closure(&mut self, node: &'ast ExprClosure) {
        // What a closure with a type returns must stay a block.
        if matches!(node.output, ReturnType::Default) {
            visit::visit_expr_closure(self, node);
        }
    }

    fn visit_stmt(&mut self, node: &'ast Stmt) {
        visit::visit_stmt(self, node);
        let Stmt::Expr(expression, Some(_)) = node else {
            return;
        };
        let kind = match expression {
            Expr::Call(_) | Expr::MethodCall(_) | Expr::Try(_) => "call left out",
            Expr::Assign(_) => "assignment left out",
            _ => return,
        };
        let called = text(expression);
        let called = called
            .split(['(', '='])
            .next()
            .unwrap_or_default()
            .replace(' ', "");
        if let Some(switch) = self.switch(&format!("{kind}: {called}"), node) {
            self.around(node, format!("if !{switch} {{ "), " }");
        }
    }

    fn visit_expr_match(&mut self, node: &'ast syn::ExprMatch) {
        visit::visit_expr_match(self, node);
        if !matches!(
            node.arms.last(),
            Some(Arm {
                pat: Pat::Wild(_),
                guard: None,
                ..
            })
        ) {
            return;
        }
        for arm in node
            .arms
            .iter()
            .filter(|arm| arm.guard.is_none() && !matches!(arm.pat, Pat::Wild(_)))
        {
            let pattern = text(&arm.pat);
            if let Some(switch) = self.switch(&format!("arm left out: {pattern}"), &arm.pat) {
                self.around(&arm.pat, String::new(), &format!(" if !{switch}"));
            }
        }
    }
}

/// The operator in its place.
fn other(op: &BinOp) -> Option<(&'static str, &'static str)> {
    Some(match op {
        BinOp::Lt(_) => ("<", "<="),
        BinOp::Le(_) => ("<=", "<"),
        BinOp::Gt(_) => (">", ">="),
        BinOp::Ge(_) => (">=", ">"),
        BinOp::Eq(_) => ("==", "!="),
        BinOp::Ne(_) => ("!=", "=="),
        BinOp::And(_) => ("&&", "||"),
        BinOp::Or(_) => ("||", "&&"),
        BinOp::Add(_) => ("+", "-"),
        BinOp::Sub(_) => ("-", "+"),
        BinOp::Mul(_) => ("*", "+"),
        BinOp::Div(_) => ("/", "*"),
        BinOp::Rem(_) => ("%", "/"),
        BinOp::BitAnd(_) => ("&", "|"),
        BinOp::BitOr(_) => ("|", "&"),
        BinOp::BitXor(_) => ("^", "|"),
        BinOp::Shl(_) => ("<<", ">>"),
        BinOp::Shr(_) => (">>", "<<"),
        BinOp::AddAssign(_) => ("+=", "-="),
        BinOp::SubAssign(_) => ("-=", "+="),
        BinOp::BitAndAssign(_) => ("&=", "|="),
        BinOp::BitOrAssign(_) => ("|=", "&="),
        _ => return None,
    })
}

fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_) | BinOp::SubAssign(_) | BinOp::BitAndAssign(_) | BinOp::BitOrAssign(_)
    )
}

/// What a function of this type may return at once.
fn values_of(what: &Type) -> &'static [&'static str] {
    let text = text(what);
    match text.split(' ').next().unwrap_or_default() {
        "bool" => &["true", "false"],
        "u8" | "u16" | "u32" | "u64" | "usize" => &["0", "1"],
        "Option" => &["None"],
        "Result" if text.starts_with("Result < () ,") => &["Ok(())"],
        _ => &[],
    }
}

fn is_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => is_let(&binary.left) || is_let(&binary.right),
        _ => false,
    }
}

fn is_for_windows(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition = attribute.to_token_stream().to_string();
        condition.contains("target_os = \"windows\"")
            && !condition.contains("not")
            && !condition.contains("test")
    })
}

/// What is printed is not what this is about.
fn is_for_people(node: &ItemImpl) -> bool {
    let name = node
        .trait_
        .as_ref()
        .and_then(|(_, path, _)| path.segments.last());
    name.is_some_and(|name| name.ident == "Debug" || name.ident == "Display")
}

/// A node on one line, without comments.
fn text(node: &impl ToTokens) -> String {
    node.to_token_stream().to_string().replace('\n', " ")
}
