namespace CdcLab.Clients.MySql;

/// <summary>Reads the lines of SHOW GRANTS (MySQL 8.0 to 9.x).</summary>
/// <remarks>
/// Five forms: <c>GRANT privilege [(columns)], ... ON [object type] scope TO account [WITH GRANT OPTION]</c>; <c>GRANT role, ... TO account [WITH ADMIN OPTION]</c>;
/// <c>GRANT PROXY ON account TO account [WITH GRANT OPTION]</c>; with partial revokes <c>REVOKE privilege, ... ON `db`.* FROM account</c>; and anything else, which
/// becomes <see cref="GrantKind.Unreadable"/> and is never ignored.
/// </remarks>
public static class GrantParser
{
    private static readonly string[] ObjectTypes = ["TABLE", "FUNCTION", "PROCEDURE", "LIBRARY"];

    /// <summary>Reads one line.</summary>
    /// <param name="line">A line of SHOW GRANTS.</param>
    /// <returns>What it gives; nothing for <c>USAGE</c>, which means "no privilege".</returns>
    public static IReadOnlyList<Grant> Parse(string line)
    {
        List<string>? words = Words(line);
        return (words is null ? null : Read(words)) ?? [new(GrantKind.Unreadable, line, "")];
    }

    private static List<Grant>? Read(List<string> words)
    {
        bool revoke = words is ["REVOKE", ..];
        if (!revoke && words is not ["GRANT", ..])
            return null;

        // Names are quoted, so a bare word ON, TO or FROM outside parentheses is always the keyword.
        int end = words.LastIndexOf(revoke ? "FROM" : "TO");
        if (end < 2)
            return null;
        int on = words.IndexOf("ON", 1, end - 1);
        if (AfterAccount(words, end + 1) is not { } tail)
            return null;

        if (on < 0)
            return revoke || tail is not ("" or "WITH ADMIN OPTION") ? null : Roles(words[1..end]);
        if (tail is not ("" or "WITH GRANT OPTION"))
            return null;
        List<string> scope = words[(on + 1)..end];
        return words is ["GRANT", "PROXY", ..]
            ? on == 2 && scope.Count == 3 ? [new(GrantKind.Proxy, "PROXY", string.Concat(scope))] : null
            : Privileges(words[1..on], scope, revoke, tail.Length > 0);
    }

    private static List<Grant>? Privileges(List<string> words, List<string> scope, bool revoke, bool withOption)
    {
        string type = "";
        if (scope.Count == 4 && ObjectTypes.Contains(scope[0]))
        {
            type = scope[0] is "TABLE" ? "" : scope[0] + " ";
            scope = scope[1..];
        }

        if (scope is not [_, ".", _])
            return null;
        string on = type + string.Concat(scope);
        List<Grant> grants = [];
        foreach (List<string> item in Items(words))
        {
            int columns = item.IndexOf("(");
            string privilege = string.Join(' ', columns < 0 ? item : item[..columns]);
            if ((columns >= 0 && item[^1] != ")") || privilege.Length == 0 || !privilege.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '_' or ' '))
                return null;
            if (columns >= 0)
                privilege += $" ({string.Concat(item[(columns + 1)..^1].Select(w => w == "," ? ", " : w))})";
            if (privilege != "USAGE")
                grants.Add(new(revoke ? GrantKind.Restriction : GrantKind.Privilege, privilege, on));
        }

        if (withOption)
            grants.Add(new(GrantKind.Privilege, Grant.Option, on));
        return grants;
    }

    private static List<Grant>? Roles(List<string> words)
    {
        List<Grant> roles = [];
        foreach (List<string> item in Items(words))
        {
            if (item is not ([_] or [_, "@", _]))
                return null;
            roles.Add(new(GrantKind.Role, string.Concat(item), ""));
        }

        return roles;
    }

    // The words after the account that the line is about; null where there is no account.
    private static string? AfterAccount(List<string> words, int start)
    {
        if (words.Count <= start)
            return null;
        int after = words.Count > start + 2 && words[start + 1] == "@" ? start + 3 : start + 1;
        return string.Join(' ', words[after..]);
    }

    // Splits at commas outside parentheses.
    private static IEnumerable<List<string>> Items(List<string> words)
    {
        List<string> item = [];
        int depth = 0;
        foreach (string word in words)
        {
            depth += word switch { "(" => 1, ")" => -1, _ => 0 };
            if (word == "," && depth == 0)
            {
                yield return item;
                item = [];
            }
            else
            {
                item.Add(word);
            }
        }

        yield return item;
    }

    // Quoted names come back in backticks, however they were quoted; bare words in upper case; punctuation one by one. Null where a quote does not end.
    private static List<string>? Words(string line)
    {
        List<string> words = [];
        for (int i = 0; i < line.Length;)
        {
            char c = line[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c is '`' or '"' or '\'')
            {
                StringBuilder name = new();
                for (i++; ; i++)
                {
                    if (i >= line.Length)
                        return null;
                    if (line[i] == c && (i + 1 >= line.Length || line[i + 1] != c))
                        break;
                    if (line[i] == c)
                        i++;
                    name.Append(line[i]);
                }

                i++;
                words.Add($"`{name.Replace("`", "``")}`");
            }
            else if (IsWordPart(c))
            {
                int start = i;
                while (i < line.Length && IsWordPart(line[i]))
                    i++;
                words.Add(line[start..i].ToUpperInvariant());
            }
            else
            {
                words.Add(c.ToString());
                i++;
            }
        }

        return words;
    }

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' or '-' or '%';
}
