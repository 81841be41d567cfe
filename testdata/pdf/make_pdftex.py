"""Writes the table as LaTeX on standard output: `make_pdftex.py t1` or `ot1`."""
import sys

import layout

# Without ToUnicode maps the names of the glyphs are all a reader has.
T1 = r"""\usepackage[T1]{fontenc}\usepackage{lmodern}\pdfgentounicode=0"""
# OT1 has no accented letters: pdftex sets the accent and the letter as two
# glyphs on top of each other. The ToUnicode maps make that readable at all.
OT1 = r"""\input{glyphtounicode}\pdfgentounicode=1"""


def tex(text):
    """TeX sets ' as a right quotation mark, so the straight one needs its name."""
    straight = r"\textquotesingle{}" if t1 else r"{\ttfamily\char13}"
    text = text.replace("'", straight).replace("’", "'")
    return text.replace("é", r"\'e")


t1 = sys.argv[1] == "t1"
print(r"""\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1
\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}%s
\usepackage[a4paper,margin=25mm]{geometry}\usepackage{longtable,array,fancyhdr}
\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0pt}
\fancyfoot[R]{\footnotesize Test fixture, page \thepage}
\setlength{\parindent}{0pt}\renewcommand{\arraystretch}{1.12}
\begin{document}
\textbf{\large %s}
\begin{longtable}{@{}>{\raggedright\arraybackslash}p{62mm}r@{}}
\textbf{%s} & \textbf{%s} \\ \hline\endhead""" % ((T1 if t1 else OT1, tex(layout.TITLE)) + layout.HEAD))
for name, number in layout.rows():
    print(r"%s & %s \\" % (tex(name), number))
print(r"\end{longtable}")
print(r"{\footnotesize %s}" % r"\\".join(map(tex, layout.NOTE)))
print(r"\end{document}")
