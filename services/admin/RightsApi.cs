using MailMesh.Accounts;
using MailMesh.AdminApi;
using MailMesh.Mailstore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/accounts/{address}/rights?mailbox=NAME: what others may do with a mailbox.</summary>
internal static class RightsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts/{address}/rights", ListAsync);
        api.MapPost("/accounts/{address}/rights", SetAsync);
        api.MapDelete("/accounts/{address}/rights", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(string address, string mailbox, AccountAdministration accounts, MailboxDirectory mailboxes, AccessControlList rights)
    {
        if (await FindAsync(address, mailbox, accounts, mailboxes) is not var (owner, found))
            return NoMailbox(address, mailbox);
        var entries = await rights.GetAsync(found.Id, owner);
        return Replies.Ok(new Page<RightsView>([.. entries.Select(View)], null), AdminJson.Default.PageRightsView);
    }

    private static async Task<IResult> SetAsync(
        string address, string mailbox, HttpContext http, AccountAdministration accounts, MailboxDirectory mailboxes, AccessControlList rights)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.RightsView);
        if (body is null)
            return refusal!;
        if (MailboxRightsText.Parse(body.Rights) is not { } given)
            return Replies.BadRequest($"'{body.Rights}' is not of the letters {MailboxRightsText.Letters}.");
        if (await FindAsync(address, mailbox, accounts, mailboxes) is not var (owner, found))
            return NoMailbox(address, mailbox);
        if (RightsHolder.Parse(body.Identifier, owner) is not { } holder || (!IsGroup(holder) && await accounts.FindAccountAsync(holder.TrimStart('-')) is null))
            return Replies.NotFound($"There is no account '{body.Identifier}'.");
        try
        {
            await rights.SetAsync(found.Id, owner, holder, FlagOperation.Replace, given);
            return Replies.Created(new RightsView(RightsHolder.Format(holder, owner), MailboxRightsText.Format(given)), AdminJson.Default.RightsView);
        }
        catch (MailboxException refused)
        {
            return Replies.Conflict(refused.Message);
        }
    }

    private static async Task<IResult> RemoveAsync(string address, string mailbox, string who, AccountAdministration accounts, MailboxDirectory mailboxes, AccessControlList rights)
    {
        if (await FindAsync(address, mailbox, accounts, mailboxes) is not var (owner, found))
            return NoMailbox(address, mailbox);
        var shown = RightsHolder.Parse(who, owner) is { } holder ? RightsHolder.Format(holder, owner) : who;
        if ((await rights.GetAsync(found.Id, owner)).FirstOrDefault(e => e.Identifier == shown) is not { } entry)
            return Replies.NotFound($"'{who}' has no rights there.");
        try
        {
            await rights.RemoveAsync(found.Id, owner, who);
            return Replies.Ok(View(entry), AdminJson.Default.RightsView);
        }
        catch (MailboxException refused)
        {
            return Replies.Conflict(refused.Message);
        }
    }

    private static async Task<(string Owner, MailboxInfo Mailbox)?> FindAsync(string address, string mailbox, AccountAdministration accounts, MailboxDirectory mailboxes)
    {
        try
        {
            return await accounts.FindAccountAsync(address) is { } account && await mailboxes.FindAsync(account.Id, mailbox) is { } found ? (account.Address, found) : null;
        }
        catch (MailboxException)
        {
            return null; // no name of a mailbox
        }
    }

    private static bool IsGroup(string holder) => holder.TrimStart('-').StartsWith('@');

    private static RightsView View(RightsEntry entry) => new(entry.Identifier, MailboxRightsText.Format(entry.Rights));

    private static IResult NoMailbox(string address, string mailbox) => Replies.NotFound($"There is no mailbox '{mailbox}' of an account '{address}'.");
}
