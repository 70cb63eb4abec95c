using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>The conditions under which a client wants its change: <c>If-Match</c> and <c>If-None-Match</c> (RFC 9110 sections 13.1.1 and 13.1.2).</summary>
public sealed class Preconditions
{
    /// <summary>Conditions that are taken, as a regular expression of JSON Schema.</summary>
    public const string Pattern = """^(\*|(W/)?"[!#-\[\]-~]*"(, ?(W/)?"[!#-\[\]-~]*")*)$""";

    private readonly IList<EntityTagHeaderValue> _match;
    private readonly IList<EntityTagHeaderValue> _noneMatch;

    private Preconditions(IList<EntityTagHeaderValue> match, IList<EntityTagHeaderValue> noneMatch) => (_match, _noneMatch) = (match, noneMatch);

    /// <summary>The conditions of a request; the problem when they cannot be read, since a condition must not be lost.</summary>
    public static (Preconditions? Conditions, ProblemHttpResult? Problem) Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new Dictionary<string, string[]>();
        var (match, noneMatch) = (Parse(HeaderNames.IfMatch), Parse(HeaderNames.IfNoneMatch));
        return errors.Count > 0 ? (null, Problems.Validation(errors)) : (new Preconditions(match, noneMatch), null);

        IList<EntityTagHeaderValue> Parse(string header)
        {
            var values = request.Headers[header];
            if (values.Count == 0) return [];
            if (Tags(values) is { } tags) return tags;
            errors[header] = [Texts.Of("The header must be * or a list of entity tags in quotes.", "该请求头必须为 * 或带引号的实体标签列表。")];
            return [];
        }
    }

    /// <summary>True when the client of a GET has what there is now: answer 304. A condition that cannot be read is none: the client gets it all.</summary>
    public static bool IsUnchanged(HttpRequest request, string etag)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Tags(request.Headers.IfNoneMatch) is { } tags && Includes(tags, new EntityTagHeaderValue(etag), isStrong: false);
    }

    /// <summary>True when the change may be made. <paramref name="etag"/>: of what there is now, with quotes; null when there is nothing.</summary>
    public bool Hold(string? etag)
    {
        var tag = etag is null ? null : new EntityTagHeaderValue(etag);
        return (_match.Count == 0 || Includes(_match, tag, isStrong: true)) && !Includes(_noneMatch, tag, isStrong: false);
    }

    /// <summary>The tags of a header, or <c>*</c> alone; null for what is neither.</summary>
    private static IList<EntityTagHeaderValue>? Tags(StringValues values) =>
        EntityTagHeaderValue.TryParseStrictList(values.ToArray()!, out var tags) && (tags.Count == 1 || !tags.Contains(EntityTagHeaderValue.Any)) ? tags : null;

    private static bool Includes(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue? tag, bool isStrong) =>
        tag is not null && tags.Any(given => given == EntityTagHeaderValue.Any || given.Compare(tag, isStrong));
}
