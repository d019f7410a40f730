"""The page that lies in every package, in both languages, for whoever opens it in thirty years."""

README = """\
本包是一个案件的电子档案 / The electronic record of one case
==============================================================

中文
----
本包按 BagIt 格式（RFC 8493）封装，不需要任何专用软件即可打开。

  index.html, index.csv   卷内目录：每件材料的题名、文号、责任者、日期、格式、摘要、保管期限、密级
  note.html               备考表：卷内情况说明，立卷人与检查人签字
  metadata.xml, .json     元数据，元素名称取自 DA/T 46-2009（不声称符合 DA/T 48）
  documents/              制发的每一份文书的数据；文件的 SHA-256 即登记时的摘要
  prints/                 留存的印件（如有）
  files/                  办案中提交的附件（归档时能找到的）
  history.jsonl           完整的办理过程，每条记录与前一条以摘要相连
  record/case.json        案件归档时的状态
  record/dues.txt, .json  每个期限的计算说明，逐日列出
  record/heads.json       封头（head）及本案被封头涵盖的证明
  record/last-head.txt    归档时最后一个封头，可与另存的封头核对
  definitions/            当时适用的程序、日历和人员名册

检查本包是否被改动（只需 Python 3.11 以上，不需要本系统）：

    python verify_bag.py ..

退出码 0 表示完好；否则逐条列出被改动、缺少或多出的文件和记录。
其中 was changed 为已被改动，is missing 为缺失，is not listed 为多出，does not cover 为封头不涵盖本案。
如另存有已公布的封头：python verify_bag.py .. 封头文件.txt
重新装入系统：caseclock load 本包目录
检查程序本身也可能被替换；重要核查请使用从别处取得的同名程序。

English
-------
This package follows BagIt (RFC 8493); no program of any maker is needed to open it.

  index.html, index.csv   file index: title, number, author, date, format, hash, retention, secrecy of each item
  note.html               note on the record, to be signed by who filed it and who checked it
  metadata.xml, .json     metadata, with element names of DA/T 46-2009 (no conformity with DA/T 48 is claimed)
  documents/              the data of every paper that was issued; the file's SHA-256 is the recorded one
  prints/                 printed papers, where they were kept
  files/                  files that were given in the case, where they were at hand
  history.jsonl           everything that happened; each entry is chained to the one before it
  record/case.json        the case as it stood when it was archived
  record/dues.txt, .json  why each due is when it is, day by day
  record/heads.json       heads, and the proof that they cover this case
  record/last-head.txt    the last head then, to be compared with one that was kept elsewhere
  definitions/            the procedure, calendars and rosters that applied

To check that nothing was changed (Python 3.11 or newer is enough):

    python verify_bag.py ..

Exit status 0: everything holds; otherwise every changed, missing or added file and entry is named.
With a head that was published: python verify_bag.py .. head.txt
To load it into caseclock: caseclock load FOLDER
The program itself may have been exchanged; for a check that matters, use a copy from elsewhere.
"""
