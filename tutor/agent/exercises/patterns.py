"""The patterns by which wishes about exercises are told from questions about the subject.

All are of folded text (lower-case, one line) in which each exercise's name stands as `X`, a letter that
such text has nowhere else.
"""

from __future__ import annotations

import re


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_POLITE = (
    r"\W*(?:(?:ok(?:ay)?|now|then|and|so|great|please|hey|hi|hello|tutor|well|right|alright|also"
    r"|next|but|yes),? )*"
    r"(?:(?:can|could|would|will|may|might) (?:you|we|i) (?:please |now |just |also |maybe )*"
    r"|let's (?:now |just )?|lets |let me |i(?:'d| would) (?:like|love) (?:you )?to |i want "
    r"(?:you )?to |i wanna "
    r"|i need (?:you )?to |i'm ready to |please |just |help me (?:to )?|try to |quickly )*"
)
_THE = r"(?:(?:the|an?|my|our|this|that|your|next|first|new|another|some|current|last) )*"
_EXERCISE = r"(?:exercises?|assignments?|homework|practice (?:problem|task|question)s?)"
_WORK = (
    rf"(?:solutions?|code|answers?|{_EXERCISE}|work|functions?|implementations?|submissions?|files?"
    rf"|attempts?"
    r"|scripts?|programs?|class|homework)"
)
_OURS = rf"(?:my|our) (?:\S+ ){{0,3}}?(?:{_WORK}|X)(?: {_WORK})?"
_TASK = rf"(?:{_OURS}|(?:the|this|that) (?:{_EXERCISE}|X {_WORK}))"
_IT = r"(?:it|this|that)"
_END = r"(?:,? (?:please|now|again|for me|then|yet|already|this time|tutor|today|so far|first))*\W*$"

# -- English and Japanese in one tuple each; where one may as well be about the subject, it is in UNSURE

SOLUTION = _all(
    rf"^{_POLITE}(?:show|give|tell|reveal|print|see|send|get|display|have|know|share|write|look at"
    rf"|read)(?: me| us)?"
    rf"(?: out)? {_THE}(?:(?:full|whole|complete|correct|right|reference|model|sample|official"
    rf"|actual|working|exact"
    rf"|real|hidden|final|secret) )*(?:solutions?|answers?)(?: code)?(?: (?:to|for|of|in|from) {_THE}"
    rf"(?:X|{_IT}|{_EXERCISE}|task)(?: {_EXERCISE})?)?{_END}",
    rf"\b(?:show|give|tell|reveal|print|send|want|need|see|have) (?:me |us )?{_THE}(?:(?:full"
    rf"|complete|correct"
    rf"|reference|model|right|hidden) )*(?:X|{_EXERCISE})(?:'s)? (?:solution|answer)s?\b",
    rf"^{_POLITE}what(?:'s| is| are) {_THE}(?:(?:correct|right|reference|model|full) )*(?:solutions?"
    rf"|answers?)"
    rf"(?: code)? (?:to|for|of) {_THE}(?:X|{_EXERCISE})(?: {_EXERCISE})?{_END}",
    r"\b(?:ignore|forget|disregard|override|bypass|skip|never ?mind|drop|pretend)\b.{0,80}"
    r"\b(?:solution|answer|solution\.py|reference)s?\b",
    r"\b(?:solution|answer)s?\b.{0,40}\b(?:ignore|forget|disregard|override|bypass|skip)\b.{0,30}"
    r"\b(?:rules?|instructions?|ladder|hints?)\b",
    r"\breference solution\b(?!s? of (?:a|an)\b)|\bsolution\.py\b",
    rf"^{_POLITE}(?:solve|do|finish|complete|write|code|implement) (?:{_IT}|X|{_TASK})"
    rf"(?: {_EXERCISE})? for me\b.{{0,30}}$",
    rf"^{_POLITE}(?:give up|i give up)(?: on (?:X|{_IT}|{_TASK}))?{_END}",
    r"(?:模範)?解答(?:例|コード)?(?:を|が|は)?(?:見せて|教えて|ください|下さい|くれ|出して|表示"
    r"|見たい|知りたい|ちょうだい|欲しい|ほしい)",
    r"(?:(?:課題|演習|問題|X)の(?:答え|正解)|^(?:正しい)?答え|^正解)(?:を|が)?(?:全部)?"
    r"(?:見せて|教えて|ください|下さい|くれ|出して|表示|見たい|知りたい|ちょうだい)",
    r"(?:ルール|指示|決まり|ヒント).{0,6}(?:無視|忘れ|飛ば).{0,30}(?:解答|答え|正解|ソリューション)",
    r"ソリューションを?(?:見せて|教えて|ください|下さい|くれ|出して|表示)|(?:参照|模範)(?:解答|実装)を"
    r"|(?:代わりに|かわりに)(?:解いて|書いて)|降参|ギブアップ",
)
NO_SOLUTION = re.compile(r"正解(?:率|データ|ラベル)")

AGAIN = _all(
    r"\b(?:show|give|tell|repeat|read|list|see)\b.{0,24}\bhints?\b.{0,24}\b(?:again|so far|once more"
    r"|i had|i got"
    r"|had already|already)\b",
    r"\brepeat\b.{0,12}\bhints?\b|\bwhat (?:was|were) (?:the|my|that|those)(?: last| first"
    r"| previous)? hints?\b"
    r"|\b(?:my|previous|earlier|last|old) hints?(?: again)?\W*$",
    r"(?:ヒント.{0,6}(?:もう一度|再度|もう1回|もう一回)|(?:前|さっき|これまで|今まで)の?ヒント).{0,12}$",
)
HINT = re.compile(r"\b(?:hints?|clues?|nudges?)\b|ヒント")
NO_HINT = re.compile(
    r"\btype[- ]hint|^\W*(?:and |so |but )?(?:what(?:'s| is| are) (?:an? |hints?\b)|how\b|why\b"
    r"|when\b|who\b|where\b"
    r"|explain\b|define\b|describe\b|does\b|what does\b)|ヒント(?:とは|って何|の(?:仕組み|使い方|意味))"
)
STUCK = _all(
    rf"\b(?:i'm|i am|im|still|got) (?:(?:totally|completely|really|still|so|a bit|quite) )*stuck\b"
    rf"(?: (?:on|with|at|in)"
    rf" (?:X|{_TASK}|{_IT}))?{_END}",
    rf"^{_POLITE}(?:help(?: me)?|some help|assist me|give me a hand)(?: with| on| in| for)? "
    rf"(?:{_TASK}|X {_WORK}){_END}",
    r"(?:課題|演習|X|コード).{0,10}(?:詰ま|わからな|分からな|解けな|進めな)|行き詰ま|手伝って",
)

_CHECKS = (
    r"(?:check|re-?check|grade|re-?grade|mark|judge|assess|verify|correct|test|evaluate|review|score"
    r"|validate|try|run"
    r"|look (?:at|over|through)|go over|mark)(?: out| again)?"
)
_GOOD = (
    r"(?:right|correct(?:ly)?|ok(?:ay)?|good|fine|wrong|work|works|working|pass|passes|passing"
    r"|passed|done|enough"
    r"|solved|finished|complete|valid|all right|true|buggy|broken)"
)
CHECK = _all(
    rf"^{_POLITE}{_CHECKS} (?:(?:my|our|this) (?:\S+ ){{0,3}}?{_WORK}|(?:the|that) (?:{_EXERCISE}"
    rf"|X {_WORK}))\b"
    rf".{{0,50}}$",
    rf"^{_POLITE}{_CHECKS} (?:my|our|this) (?:\w+ ){{0,2}}X(?: {_WORK})?\b.{{0,30}}$",
    rf"^{_POLITE}(?:run|do|start|repeat) (?:the |my |all )*(?:checks?|tests?)(?: (?:on|for|of|against|in)"
    rf" (?:{_TASK}|X|{_IT}))?{_END}",
    rf"^{_POLITE}(?:check|re-?check|grade|mark|judge) (?:the )?X(?: {_WORK})?{_END}",
    rf"^{_POLITE}(?:did|have|have i|did i) ?i? (?:really |now |finally |already |just |actually )?"
    rf"(?:get|got|pass|passed|solve|solved|do|done|finish|finished|complete|completed)"
    rf"(?: (?:{_IT}|X|{_TASK}|X {_EXERCISE}|all(?: of)? (?:it|the checks|checks)|the (?:tests?"
    rf"|checks?)|everything))?"
    rf"(?: (?:all )?(?:right|correct|correctly|all right|successfully|well))?{_END}",
    rf"^{_POLITE}(?:is|was|are|does|do|did|will) (?:{_TASK})(?: (?:look|looks|seem|seems|really|now"
    rf"|actually|all|already"
    rf"|finally))* {_GOOD}\b.{{0,30}}$",
    rf"^{_POLITE}(?:is|was) my X {_GOOD}\b.{{0,30}}$",
    rf"^{_POLITE}{_CHECKS} (?:\S+ ){{0,4}}?\S+\.(?:py|ipynb)\b.{{0,30}}$",
    r"(?:課題|演習|解答|答え|コード|プログラム|宿題|実装|関数|解いた|回答|X|\.py|\.ipynb).{0,14}"
    r"(?:チェック|採点|判定|確認|検証|テスト|見て|添削|レビュー)(?:を)?(?:し(?:て|ろ)?|みて)?"
    r"(?:ください|下さい|くれ(?:ますか|る)?|もらえ(?:ますか|ませんか|る)|ほしい|欲しい|お願い"
    r"(?:します)?|頼む)?\W*$",
    r"(?:課題|演習|解答|答え|コード|プログラム|実装|関数|解|回答|X).{0,6}(?:合って|あって|正し|正解"
    r"|大丈夫|できて|通)"
    r"(?:い)?(?:る|ます|い|い?です|った|りました)?(?:の)?(?:か|かな|よね|でしょうか)?\W*$",
    r"^(?:これで|これは|これ)?(?:正解|合格)(?:ですか|でしょうか|か|かな|しましたか|した)\W*$",
)
UNSURE_CHECK = _all(
    rf"^{_POLITE}(?:{_CHECKS} (?:{_IT}|once more)|re-?check|check|try again|again|once more|check again"
    rf"|(?:and |how about |what about )?now){_END}",
    rf"^{_POLITE}(?:is|was|does|did|are) (?:{_IT}|these)(?: (?:look|looks|seem|all|really"
    rf"|now))* {_GOOD}{_END}",
    rf"^{_POLITE}am i (?:right|correct|wrong|done|finished){_END}",
    r"^(?:これで|これは|これ)?(?:合って|あって|正し|いい|良い|大丈夫|できて).{0,10}$|^もう(?:一度"
    r"|1度|一回)(?:チェック|採点|確認).{0,8}$"
    r"|^(?:チェック|採点|確認|判定)(?:して)?(?:ください|下さい|お願いします)?\W*$",
)
# Beside code that was pasted, fewer words are needed.
CHECK_CODE = re.compile(
    rf"\b(?:{_GOOD}|check|grade|mark|judge|assess|verify|review|test|evaluate|score|correct|bugs?"
    rf"|mistakes?|errors?"
    r"|fails?|failing|failed|fix|solution|answer|attempt|try|how about|what about|wrong|my code"
    r"|what do you think"
    r"|thoughts|feedback)\b"
    r"|合って|あって|正し|正解|チェック|採点|確認|判定|検証|見て|添削|レビュー|どう(?:です|でしょう"
    r"|かな)|間違|動(?:く|き|かな)"
    r"|大丈夫|いい(?:です|か|？|\?)|できて|通(?:る|り|って)|バグ|エラー|解答|直して"
)
NO_CHECK_CODE = re.compile(
    r"\b(?:what (?:does|do|is|are|will|would|happens|type)|how (?:does|do|would|can|could|should)"
    r"|explain|describe"
    r"|meaning|translate|complexity|faster|difference|rewrite|refactor|comment|document|means?)\b"
    r"(?!.{0,20}\b(?:wrong|mistake|bug|error|fail\w*)\b)"
    r"|説明|意味|違い|とは|何を(?:して|する)|どういう|仕組み|方法"
)

EXPLAIN = _all(
    rf"\bwhy (?:did|does|do|has|have|is|was|are|didn't|doesn't|isn't|won't|wasn't) (?:{_TASK}|X exercise"
    rf"|the (?:last )?(?:checks?|tests?))\b.{{0,24}}\b(?:fail\w*|wrong|not pass\w*|pass|incorrect"
    rf"|not work\w*|work"
    rf"|rejected|accepted|errors?|break|broken|crash\w*|refused)\b.{{0,30}}$",
    r"\bwhy (?:did|do|have|was|am) i (?:fail|failed|not pass|not passed|wrong|get it wrong)\b.{0,30}$"
    r"|\bwhy (?:didn't|don't|haven't) i pass\b.{0,30}$",
    rf"\b(?:what(?:'s| is| was| went)|where(?:'s| is))(?: so)? (?:wrong|bad|the (?:mistake|error"
    rf"|problem|bug|issue)|broken) (?:with|in|about|of) (?:{_TASK}|my X|X {_WORK}){_END}",
    rf"\b(?:what|where)(?:'s| is| was| are| were) my (?:mistakes?|errors?|bugs?){_END}",
    rf"^{_POLITE}(?:tell|show)(?: me)? (?:what i (?:did|got|made|have) wrong|what my mistakes? (?:is"
    rf"|was|are)"
    rf"|where i went wrong){_END}",
    rf"\bwhat (?:did|do|have) i (?:do|get|got|done|make|made|miss|missed)(?: wrong)?\b.{{0,4}}"
    rf"(?:wrong|mistake)?{_END}",
    rf"^{_POLITE}(?:explain|describe|tell me(?: about)?|show me|summari[sz]e) (?:{_IT} )?(?:the|my"
    rf"|this|that|what|why)"
    rf" (?:last )?(?:failure|failing checks?|failed checks?|mistakes?|verdict|check result|check"
    rf"(?:'s)? failure"
    rf"|failing tests?|checks? that failed)(?: (?:of|in|for|on) (?:{_TASK}|X))?{_END}",
    r"\b(?:which|what) (?:checks?|tests?) (?:failed|did i fail|do i fail|fail|didn't pass"
    r"|don't pass|are failing"
    r"|have failed)\b.{0,20}$",
    rf"^{_POLITE}(?:explain|tell me|show me) why (?:{_TASK}|i) (?:failed|fails?|(?:is|was) wrong|did"
    rf"(?:n't| not) pass)",
    r"(?:なぜ|何故|どうして|なんで|何で).{0,16}(?:課題|演習|私の|僕の|自分の|わたしの|コード|解答"
    r"|プログラム|Xの課題|チェック|テスト).{0,16}"
    r"(?:失敗|不合格|通ら|落ち|間違|だめ|ダメ|駄目|エラー|合わ|違)",
    r"(?:課題|演習|私の\S{0,8}|自分の\S{0,8}|コード|解答|プログラム|チェック|テスト|採点)(?:は|が|の"
    r"|で)?、?"
    r"(?:なぜ|どうして|なんで|どこが|何が|どこで).{0,16}"
    r"(?:失敗|不合格|通ら|落ち|間違|だめ|ダメ|駄目|エラー|違|悪|おかし)",
    r"(?:どの|どれ)(?:の)?(?:チェック|テスト)(?:に|が|で)(?:失敗|落ち|通ら|不合格)|(?:失敗|不合格"
    r"|間違い)(?:の|した)(?:理由|原因|チェック|箇所)",
)
UNSURE_EXPLAIN = _all(
    rf"^{_POLITE}why (?:did|does|has|is|was|didn't|doesn't|isn't) (?:{_IT})(?: not| still| always)?"
    rf" (?:fail\w*|wrong|pass|passed|passing|work|working|incorrect|rejected|crash\w*){_END}",
    rf"^{_POLITE}(?:what(?:'s| is| was| went|'s) (?:wrong|the (?:mistake|error|problem|issue))(?: "
    rf"(?:with|in|here)(?: {_IT})?)?"
    rf"|why(?: not)?|what happened|why wrong|explain(?: {_IT})?|explain (?:the|that) (?:error"
    rf"|failure)){_END}",
    r"^(?:これは|それは)?(?:なぜ|何故|どうして|なんで|何で)(?:これは|それは)?(?:失敗|不合格|通ら"
    r"|落ち|間違|だめ|ダメ|駄目|エラー).{0,14}$"
    r"|^(?:どこ|何|なに)が(?:間違|違|悪|だめ|ダメ|駄目|おかし|いけな).{0,14}$|^(?:失敗|間違い"
    r"|エラー)(?:の?(?:理由|原因|内容))?を?(?:説明|教えて).{0,8}$"
    r"|^(?:なぜ|どうして)(?:ですか)?\W*$",
)

QUIZ = _all(
    rf"^{_POLITE}(?:quiz me|test me|(?:give|start|show|begin|do|take|get|set)(?: me)? {_THE}quiz"
    rf"(?:zes)?|quiz)\b.{{0,40}}$",
    r"クイズ(?:を|に)?(?:出して|ください|下さい|して|始め|やりたい|お願い|受け)",
)
PROGRESS = _all(
    rf"^{_POLITE}(?:(?:show|see|give|tell|print|view|what(?:'s| is)|how(?:'s| is))(?: me)?"
    rf"(?: about)? )?my (?:learning |own "
    rf"|exercise )?progress{_END}",
    rf"^{_POLITE}how (?:am i doing|far (?:am i|have i (?:come|got|gotten))|many exercises (?:have"
    rf"|did) i .{{0,20}}){_END}",
    r"(?:私|自分|わたし|僕|課題|演習)の(?:進捗|進み具合|成績)|どこまで(?:進|終わ|でき)",
)
LIST = _all(
    rf"^{_POLITE}(?:list|show|give|see|print|view|display|get|tell)(?: me| us)?(?: about)? (?:(?:all"
    rf"|of|the|my|your"
    rf"|available|every|whole|full|list|overview|a|an|remaining|open|unsolved|solved|passed|failing"
    rf"|failed|started|new"
    rf"|unfinished|finished|done|other|some|any|more|lesson|chapter|\d{{1,2}}(?:'s)?) )*"
    rf"(?:exercises|exercise list|assignments|homework)\b(?! (?:solution|answer)).{{0,50}}$",
    r"^\W*(?:(?:all|the|my|list|available|open|unsolved|remaining|solved|passed|failing|failed"
    r"|unfinished|finished|lesson"
    r"|\d{1,2}(?:'s)?|of) )*(?:exercises|exercise list)(?: (?:of|in|from|for|on|about|that|which"
    r"|i|please|list)\b.{0,40})?\W*$",
    r"\b(?:what|which)(?: \w+){0,2} exercises\b(?! (?:improve|help|strengthen|solution)).{0,50}$"
    r"|\bhow many exercises\b"
    r"|\b(?:are there|do you have|is there)(?: any| some| an?)? exercises?\b.{0,40}$",
    r"(?:課題|演習|練習問題|エクササイズ)(?:の|を)?(?:一覧|リスト|全部|すべて|全て)",
    r"(?:どんな|どの|何の|どういう)(?:課題|演習|練習問題|エクササイズ)|(?:課題|演習|練習問題)(?:は"
    r"|には)(?:何|どんな|いくつ|どれ|あります)",
    r"(?:課|章|レッスン\s?\d{1,2})の(?:課題|演習|練習問題)(?:は|を(?:見せて|教えて|表示|一覧).{0,10})?\W*$"
    r"|^(?:課題|演習|練習問題)を(?:見せて|表示して|教えて).{0,6}$",
)
NEXT = _all(
    rf"^{_POLITE}(?:give|get|show|find|suggest|recommend|pick|choose|bring|assign|set|have|do|try"
    rf"|propose|offer|want|need|i"
    rf" want|i need)(?: me| us)?(?: to)?(?: do| try)? (?:please )?(?:(?:an?|another|one|some|the|any"
    rf"|more|next|new|first|other"
    rf"|different|good|easy|easier|hard|harder|simple|short|quick|small|coding|programming|python"
    rf"|practice) )+"
    rf"(?:\w+ )?(?:exercise|assignment|homework|practice(?: (?:problem|task|question)s?)?"
    rf"|thing to practi[cs]e)\b.{{0,60}}$",
    rf"^{_POLITE}(?:give|get|find|suggest|set|show)(?: me| us)? (?:exercises?|homework|something to "
    rf"(?:do|practi[cs]e|work on|code"
    rf"|program|solve|implement|write))\b.{{0,40}}$",
    r"\b(?:what|which)\b.{0,12}\b(?:should|could|can|do|shall|would|must|might) (?:i|we"
    r"|you)\b.{0,20}\bpracti[cs]e\b.{0,30}$",
    r"\b(?:what|which)(?:'s| is| would be)?(?: an?| the| my| one)?(?: \w+){0,2} (?:exercise"
    r"|assignment)\b(?: \w+){0,2}"
    r" (?:should|could|can|shall|do|is|comes?|to|would|next|now|for me)\b.{0,30}$",
    r"\b(?:what|which)(?:'s| is) (?:my|the) (?:next|current|first) (?:exercise|assignment"
    r"|task)\b.{0,20}$",
    rf"^\W*(?:the )?(?:next|another|a new|one more|new|any|an?) exercise(?: (?:on|about|for|of|from"
    rf"|in)\b.{{0,40}})?{_END}",
    r"\bwhat (?:should|could|can|shall|do) (?:i|we) work on\b.{0,20}$",
    rf"^{_POLITE}(?:practi[cs]e|do (?:an |some )?(?:exercises?|practice)|exercise)(?: something"
    rf"| a bit| some more| more| some)?{_END}",
    rf"^{_POLITE}(?:code|program|implement|write) something(?: myself| myself now)?{_END}",
    rf"^\W*(?:something|anything|what) to practi[cs]e\b.{{0,20}}$|\b(?:time|ready|want|like|love) "
    rf"(?:to|for) practi[cs]e{_END}",
    rf"^{_POLITE}(?:where (?:was i|were we|did i (?:stop|leave off|get to))|continue where i "
    rf"(?:stopped|left off|was)"
    rf"|pick up where i (?:stopped|left off)){_END}",
    r"(?:課題|演習|練習問題|エクササイズ|宿題|問題)を?(?:一つ|ひとつ|1つ|もう一つ|もっと|何か)?(?:を)?"
    r"(?:ください|下さい|出して|ちょうだい|やりたい|解きたい|したい|欲しい|ほしい|くれ|お願い|選んで"
    r"|おすすめ)",
    r"(?:次|別|ほか|他|新しい)の(?:課題|演習|練習問題|問題|エクササイズ|練習)(?!設定)(?:を|は|に"
    r"|へ)?(?:何|どれ|出して|ください|下さい|進|お願い|やり)?"
    r".{0,12}$",
    r"(?:次|今度|今日)?(?:は|に)?(?:何|なに|どれ)(?:を|から)(?:練習|解|演習)(?:す|し|け|き|い"
    r"|く).{0,12}$|^練習(?:を)?(?:し(?:たい|よう|ます)|させて).{0,6}$"
    r"|何か練習|どこまでやった",
)
UNSURE_NEXT = _all(
    rf"^{_POLITE}(?:what(?:'s| is| comes| do i do| should i do| can i do| shall i do)? ?(?:next|now)"
    rf"|next(?: one)?|continue|go on"
    rf"|another(?: one)?|one more|the next one|what now|and now|skip(?: {_IT})?){_END}",
    r"^(?:次|次は|次へ|次に進.{0,6}|次は(?:何|なに).{0,10}|続き(?:を)?|続けて|別の(?:を.{0,6})?)\W*$",
)
_STARTS = r"(?:start|begin|practi[cs]e|attempt|solve|work on|tackle|resume|redo)"
START = _all(
    rf"^{_POLITE}(?:{_STARTS}|open|do|try|take|launch|show|give|get|set up|see|go to|read|continue"
    rf"|want|load|work)(?: me| with"
    rf"| on| through)* {_THE}(?:X (?:exercise|assignment|task)|(?:exercise|assignment|task)"
    rf"(?: called| named| on| about)? X)\b.{{0,30}}$",
    rf"^{_POLITE}(?:{_STARTS}|open|do|try|take|launch|continue)(?: with| on)* (?:(?:the|my|this|that"
    rf"|current|first|next|last) )*"
    rf"(?:exercise|assignment|homework)(?: \d{{1,2}}(?: (?:of|in|from) lesson \d{{1,2}})?)?{_END}",
    rf"^{_POLITE}{_STARTS}(?: with| on| the| my| exercise)* X{_END}",
    rf"^\W*(?:(?:the|exercise) )?X (?:exercise|assignment|task){_END}|^\W*(?:the )?(?:exercise"
    rf"|assignment):? X{_END}",
    rf"^{_POLITE}(?:do|show|start|open|begin|try|take)(?: me)? (?:the )?(?:exercise \d{{1,2}} (?:of"
    rf"|in|from) lesson \d{{1,2}}"
    rf"|lesson \d{{1,2}},? exercise \d{{1,2}}){_END}",
    rf"\b(?:what(?:'s| is| was)|show(?: me)?|read(?: me)?|repeat|see|tell me|remind me of) (?:the"
    rf"|my) (?:task|assignment|exercise"
    rf"|instructions|task description)(?: (?:of|for) (?:X|{_IT}|{_TASK}))?(?: again| about| text)*{_END}",
    rf"\bwhat (?:do|must|should|am|exactly do) i (?:have to|need to|supposed to|should)? ?(?:write"
    rf"|implement|do|code) (?:for|in) (?:X|{_TASK}"
    rf"|the exercise){_END}",
    r"X(?:の)?(?:課題|演習|練習問題|問題|エクササイズ)?(?:を|に)?(?:始め|開始|スタート|やりたい"
    r"|やって(?:み|い)|やる|解きたい|解いてみ|挑戦|取り組)",
    r"(?:課題|演習|練習問題|エクササイズ)(?:の)?[「『]?X[」』]?(?:を)?.{0,12}$|Xの(?:課題|演習"
    r"|練習問題|エクササイズ)(?:を(?:出して|開いて|見せて|ください|下さい|お願い).{0,8})?\W*$",
    r"(?:課題|演習|練習問題|エクササイズ)を(?:始め|開始|スタート|開いて|開く|再開)|(?:課題|演習"
    r"|練習問題)(?:の)?(?:内容|文|説明)を(?:見せて|教えて|表示)",
)
UNSURE_START = _all(
    rf"^{_POLITE}(?:start|begin|open|do|try|take)(?: (?:{_IT}|that one|this one))?{_END}",
    rf"^{_POLITE}(?:yes|yep|sure|ok(?:ay)?|let's go|go(?: ahead)?|do it|sounds good)(?:,? (?:please"
    rf"|start|go|do it|let's go))*{_END}",
    rf"\b(?:what|which) (?:do|must|should|am) i (?:have to |need to |supposed to )?(?:write"
    rf"|implement|do|code)(?: here| exactly)?{_END}",
    rf"\b(?:show|tell|what(?:'s| is| was))(?: me)? the (?:task|assignment)(?: again)?{_END}",
    r"^(?:はい|お願い(?:します)?|始めて|始める|始めます|開始|やる|やります|それを(?:始め"
    r"|やり).{0,6})(?:ください|下さい)?\W*$|^何を(?:書けば|すれば|実装すれば).{0,8}$",
)

UNSURE_SOLUTION = _all(
    rf"^{_POLITE}what(?:'s| is| was) the (?:(?:right|correct|full|reference) )?(?:solution|answer)"
    rf"(?: to (?:{_IT}))?{_END}"
)

STATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "open",
        re.compile(
            r"\b(?:open|unsolved|remaining|left|unfinished|not (?:yet )?(?:done|solved|passed)|to do"
            r"|todo|missing|haven't"
            r"|have not|still)\b|残り|残って|未解決|まだ|終わってい?な|解いていな"
        ),
    ),
    ("failing", re.compile(r"\b(?:failing|failed|fail)\b|失敗|不合格")),
    (
        "passed",
        re.compile(
            r"\b(?:solved|passed|finished|done|completed?|already)\b|解いた|合格|終わった|できた|完了"
        ),
    ),
    ("started", re.compile(r"\b(?:started|begun|in progress|working on)\b|始めた|途中|進行中")),
    ("new", re.compile(r"\b(?:new|fresh|not started|untouched)\b|新しい|未着手")),
)
FILE = re.compile(r"(?<![\w/.~-])(?P<file>(?:~|\.{1,2})?/?[\w./-]*[\w-]\.(?:py|ipynb))(?![\w])")
ABOUT = re.compile(
    r"\b(?:on|about|for|with|involving|related to|regarding|covering) (?P<en>[^?!,;]{2,60}?)"
    r"(?: please| now| next)?\W*$"
    r"|^(?P<ja>[^、。?？]{2,30}?)(?:について|に関する|関連)の?(?:課題|演習|練習問題|問題|エクササイズ)"
)
